import type { OrderStatus, ProblemDetails } from '@courtside/contracts';
import { Column, Entity, JoinColumn, ManyToOne, OneToMany, PrimaryColumn } from 'typeorm';

@Entity('order')
export class OrderRow {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'user_id' })
  userId!: string;

  @Column('text')
  status!: OrderStatus;

  /** Why it was refused: what whoever comes with its key again is answered; else null. */
  @Column('jsonb', { nullable: true })
  refusal!: ProblemDetails | null;

  /** Minor units; the driver gives bigint as text. */
  @Column('bigint', { transformer: { from: Number, to: String } })
  total!: number;

  @Column('char', { length: 3 })
  currency!: string;

  /** One more each time the order moves on. */
  @Column('integer')
  version!: number;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @OneToMany(() => OrderItemRow, (item) => item.order)
  items!: OrderItemRow[];
}

/** A line of an order, with name and price as they were when it was placed. */
@Entity('order_item')
export class OrderItemRow {
  @PrimaryColumn('uuid', { name: 'order_id' })
  orderId!: string;

  @PrimaryColumn('integer')
  line!: number;

  @Column('uuid', { name: 'product_id' })
  productId!: string;

  @Column('text')
  name!: string;

  @Column('integer')
  quantity!: number;

  @Column('integer')
  price!: number;

  @ManyToOne(() => OrderRow, (order) => order.items)
  @JoinColumn({ name: 'order_id' })
  order?: OrderRow;
}
