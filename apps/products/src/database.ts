import type { ServiceDatabase } from '@courtside/database';
import { ProductRow } from './catalogue/product.entity.js';
import { createProduct } from './migrations/1764000000001-create-product.js';
import { keepEvents } from './migrations/1764100000000-keep-events.js';
import { addStock } from './migrations/1764200000001-add-stock.js';
import { noteRepeats } from './migrations/1764300000000-note-repeats.js';

/** What products keeps: the catalogue, its stock and what is reserved of it. */
export const database: ServiceDatabase = {
  schema: 'products',
  entities: [ProductRow],
  migrations: [createProduct, keepEvents, addStock, noteRepeats],
};
