import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Retention1795594433022 implements MigrationInterface {
  name = 'Retention1795594433022';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "case" ALTER COLUMN "notice_id" DROP NOT NULL`);
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    // Cases whose notices were forgotten meanwhile share one that has nothing left to tell.
    await queryRunner.query(
      `WITH lost AS (SELECT guild_id, gen_random_uuid() AS id FROM "case" WHERE notice_id IS NULL GROUP BY guild_id),
            made AS (INSERT INTO notice (id, guild_id, owed_at) SELECT id, guild_id, now() FROM lost)
       UPDATE "case" c SET notice_id = lost.id FROM lost WHERE c.guild_id = lost.guild_id AND c.notice_id IS NULL`,
    );
    await queryRunner.query(`ALTER TABLE "case" ALTER COLUMN "notice_id" SET NOT NULL`);
  }
}
