import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Invites1795574251265 implements MigrationInterface {
  name = 'Invites1795574251265';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "person" ADD "invited_as" text NOT NULL DEFAULT ''`);
    await queryRunner.query(`ALTER TABLE "person" ADD "merged_into" uuid`);
    await queryRunner.query(
      `CREATE UNIQUE INDEX "IDX_0124b6ae2714eafd2f40c696e5" ON "person"  ("guild_id", "invited_as") WHERE invited_as <> ''`,
    );
    await queryRunner.query(
      `ALTER TABLE "person" ADD CONSTRAINT "FK_4d253bd182315ffce81a867bbbc" FOREIGN KEY ("merged_into") REFERENCES "person"("id") ON DELETE NO ACTION ON UPDATE NO ACTION`,
    );
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `ALTER TABLE "person" DROP CONSTRAINT "FK_4d253bd182315ffce81a867bbbc"`,
    );
    await queryRunner.query(`DROP INDEX "public"."IDX_0124b6ae2714eafd2f40c696e5"`);
    await queryRunner.query(`ALTER TABLE "person" DROP COLUMN "merged_into"`);
    await queryRunner.query(`ALTER TABLE "person" DROP COLUMN "invited_as"`);
  }
}
