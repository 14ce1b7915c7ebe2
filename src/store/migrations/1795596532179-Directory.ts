import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Directory1795596532179 implements MigrationInterface {
  name = 'Directory1795596532179';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE INDEX "person_by_title" ON "person" ("guild_id", lower("title"), "id")`,
    );
    await queryRunner.query(
      `CREATE INDEX "IDX_a93e6b789723485b3b0008c180" ON "receipt" ("closed_at") WHERE how = 'refused'`,
    );
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX "public"."IDX_a93e6b789723485b3b0008c180"`);
    await queryRunner.query(`DROP INDEX "public"."person_by_title"`);
  }
}
