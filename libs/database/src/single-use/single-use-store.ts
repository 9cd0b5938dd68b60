import type { SingleUse } from '@courtside/service';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/**
 * `SingleUse` in the service's own database. A claim commits by itself, before the write it guards:
 * a write that then fails has used it up all the same.
 */
@Injectable()
export class SingleUseStore implements SingleUse {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  async claim(id: string, expiresAt: Date): Promise<boolean> {
    const claimed: unknown[] = await this.source.query(
      `INSERT INTO used_assertion (id, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING
       RETURNING id`,
      [id, expiresAt],
    );
    return claimed.length > 0;
  }
}
