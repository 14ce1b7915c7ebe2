import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Owners1795574273348 implements MigrationInterface {
  name = 'Owners1795574273348';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE "owner" ("account_id" bigint NOT NULL, "username" text NOT NULL, "token" text, CONSTRAINT "PK_8daf01fea4b9394487b9e144192" PRIMARY KEY ("account_id"))`,
    );
    await queryRunner.query(`ALTER TABLE "guild" ADD "owner_id" bigint`);
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "guild" DROP COLUMN "owner_id"`);
    await queryRunner.query(`DROP TABLE "owner"`);
  }
}
