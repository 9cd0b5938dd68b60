import type { DatabaseConfig } from '@courtside/database';
import { CONFIG } from '@courtside/service';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { ProductRow } from './product.entity.js';
import { ProductsStore } from './products.store.js';

/** Name, description, price in euro cents and stock of what a sports club's shop would have. */
const articles: readonly (readonly [string, string, number, number | null])[] = [
  [
    'Tennis racket, allround',
    '280 g, head size 645 cm², strung. For two evenings a week.',
    8_990,
    40,
  ],
  ['Tennis balls, can of 4', 'Pressurised, for clay and hard courts.', 790, 2_000],
  ['Football, match size 5', 'Thermally bonded, keeps its shape on wet grass.', 3_495, 120],
  ['Shin guards', 'Light, with ankle sleeve. Sizes S to XL.', 1_290, 300],
  ['Basketball, indoor and outdoor', 'Size 7, composite leather.', 2_990, 90],
  ['Running belt', 'Holds a phone, keys and two gels; does not bounce.', 1_995, 250],
  ['Running socks, 3 pairs', 'Seamless toe, cushioned heel.', 1_490, 1_500],
  ['Swimming goggles', 'Anti-fog, mirrored, three nose bridges.', 1_790, 180],
  ['Yoga mat, 6 mm', 'Natural rubber, 183 × 61 cm, with strap.', 3_990, 75],
  ['Badminton set for four', 'Four rackets, six shuttlecocks and a net for the lawn.', 4_490, 30],
  ['Climbing chalk, 250 g', 'Loose, for the gym and the rock.', 690, 600],
  ['Table tennis bats, pair', 'All-round rubber, with three balls and a case.', 2_290, 60],
  ['Cycling gloves', 'Half finger, gel padding, towelling thumb.', 1_690, 110],
  ['Water bottle, 750 ml', 'Steel, keeps cool for 12 hours, fits bicycle holders.', 1_590, null],
];

const SEEDED_AT = new Date('2026-11-24T00:00:00Z');

/** Ids are fixed, so that processes that start together seed one catalogue. */
const rows: readonly ProductRow[] = articles.map(([name, description, price, stock], index) => ({
  id: `01938000-0000-7000-8000-0001000000${String(index).padStart(2, '0')}`,
  name,
  description,
  price,
  currency: 'EUR',
  stock,
  version: 1,
  createdAt: new Date(SEEDED_AT.getTime() + index * 1_000),
}));

/** Fills an empty catalogue under the demo profile, so that a newcomer has something to order. */
@Injectable()
export class DemoCatalogue implements OnApplicationBootstrap {
  constructor(
    private readonly store: ProductsStore,
    @Inject(CONFIG) private readonly config: DatabaseConfig,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.config.DEMO && (await this.store.isEmpty())) await this.store.addMissing(rows);
  }
}
