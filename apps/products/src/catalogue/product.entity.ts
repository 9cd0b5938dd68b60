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

  @Column('integer')
  version!: number;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}
