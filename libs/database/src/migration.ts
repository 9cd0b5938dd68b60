import type { MigrationInterface, QueryRunner } from 'typeorm';

export type MigrationClass = new () => MigrationInterface;

/**
 * A migration in plain SQL, forward only: once merged it is never edited.
 * @param timestamp epoch milliseconds, 13 digits; migrations run in its order.
 * @param name what it does, in words.
 */
export function sqlMigration(timestamp: number, name: string, sql: string): MigrationClass {
  return class implements MigrationInterface {
    readonly name = `${name.replaceAll(' ', '-')}-${timestamp}`;

    async up(runner: QueryRunner): Promise<void> {
      await runner.query(sql);
    }

    async down(): Promise<void> {
      throw new Error(`${this.name} cannot be undone: write a migration that goes forward`);
    }
  };
}
