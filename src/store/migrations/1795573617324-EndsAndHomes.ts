import type { MigrationInterface, QueryRunner } from 'typeorm';

export class EndsAndHomes1795573617324 implements MigrationInterface {
  name = 'EndsAndHomes1795573617324';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE "burst" ("server_id" uuid NOT NULL, "wrote_at" TIMESTAMP WITH TIME ZONE NOT NULL, "due_at" TIMESTAMP WITH TIME ZONE, "person_id" uuid, "no" integer, CONSTRAINT "PK_89753c662bc7b1b67075cb0796a" PRIMARY KEY ("server_id"))`,
    );
    await queryRunner.query(
      `CREATE INDEX "IDX_993882d12f24a22b6b2d6eb09a" ON "burst"  ("due_at") WHERE due_at is not null`,
    );
    await queryRunner.query(`ALTER TABLE "guild" ADD "home_users" boolean NOT NULL DEFAULT false`);
    await queryRunner.query(`ALTER TABLE "server" ADD "owner_name" text NOT NULL DEFAULT ''`);
    await queryRunner.query(
      `ALTER TABLE "server" ADD "end_policy" text NOT NULL DEFAULT 'keep-default'`,
    );
    await queryRunner.query(`ALTER TABLE "share" ADD "removed_at" TIMESTAMP WITH TIME ZONE`);
    await queryRunner.query(`ALTER TABLE "share" ADD "stuck_at" TIMESTAMP WITH TIME ZONE`);
    await queryRunner.query(
      `ALTER TABLE "burst" ADD CONSTRAINT "FK_89753c662bc7b1b67075cb0796a" FOREIGN KEY ("server_id") REFERENCES "server"("id") ON DELETE NO ACTION ON UPDATE NO ACTION`,
    );
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "burst" DROP CONSTRAINT "FK_89753c662bc7b1b67075cb0796a"`);
    await queryRunner.query(`ALTER TABLE "share" DROP COLUMN "stuck_at"`);
    await queryRunner.query(`ALTER TABLE "share" DROP COLUMN "removed_at"`);
    await queryRunner.query(`ALTER TABLE "server" DROP COLUMN "end_policy"`);
    await queryRunner.query(`ALTER TABLE "server" DROP COLUMN "owner_name"`);
    await queryRunner.query(`ALTER TABLE "guild" DROP COLUMN "home_users"`);
    await queryRunner.query(`DROP INDEX "public"."IDX_993882d12f24a22b6b2d6eb09a"`);
    await queryRunner.query(`DROP TABLE "burst"`);
  }
}
