import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Schedule1795604103551 implements MigrationInterface {
  name = 'Schedule1795604103551';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE INDEX "grant_by_start" ON "access_grant" ("starts_at", "id") WHERE closed_at is null`,
    );
    await queryRunner.query(
      `CREATE INDEX "grant_by_end" ON "access_grant" ("ends_at", "id") WHERE closed_at is null`,
    );
    await queryRunner.query(`DROP INDEX "public"."IDX_3f98bac83cd6e9f5dcff1d9200"`);
    await queryRunner.query(`DROP INDEX "public"."IDX_f8ac033f6911626e5ead7b41e1"`);
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE INDEX "IDX_f8ac033f6911626e5ead7b41e1" ON "access_grant" ("starts_at") WHERE closed_at is null`,
    );
    await queryRunner.query(
      `CREATE INDEX "IDX_3f98bac83cd6e9f5dcff1d9200" ON "access_grant" ("ends_at") WHERE closed_at is null`,
    );
    await queryRunner.query(`DROP INDEX "public"."grant_by_end"`);
    await queryRunner.query(`DROP INDEX "public"."grant_by_start"`);
  }
}
