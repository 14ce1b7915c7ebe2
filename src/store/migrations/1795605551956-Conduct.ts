import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How often Usher looks and reads by itself, what it does about drift and streams; and what was seen to be gone, by when. */
export class Conduct1795605551956 implements MigrationInterface {
  name = 'Conduct1795605551956';

  public async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE "guild" ADD "sweep_every" integer NOT NULL DEFAULT '15',
        ADD "sweep_at" text, ADD "sync_every" integer NOT NULL DEFAULT '60',
        ADD "drift_policy" text NOT NULL DEFAULT 'report', ADD "streams" text NOT NULL DEFAULT 'finish'`,
    );
    await runner.query(
      `CREATE INDEX "receipt_removed" ON "receipt" (coalesce("seen_at", "shown_at")) WHERE want = 'remove'`,
    );
  }

  public async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX "receipt_removed"`);
    await runner.query(
      `ALTER TABLE "guild" DROP COLUMN "streams", DROP COLUMN "drift_policy", DROP COLUMN "sync_every",
        DROP COLUMN "sweep_at", DROP COLUMN "sweep_every"`,
    );
  }
}
