import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('product')
export class ProductRow {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  name!: string;

  @Column('text')
  description!: string;

  /** Minor units of the currency. */
  @Column('integer')
  price!: number;

  @Column('char', { length: 3 })
  currency!: string;

  /** Pieces that can still be ordered; null where it is made to order. */
  @Column('integer', { nullable: true })
  stock!: number | null;

  @Column('integer')
  version!: number;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}
