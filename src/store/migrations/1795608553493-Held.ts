import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Held1795608553493 implements MigrationInterface {
  name = 'Held1795608553493';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE "held" ("id" uuid NOT NULL, "guild_id" text NOT NULL, "kind" text NOT NULL, "wish" jsonb NOT NULL, "author_id" text, "words" text NOT NULL, "count" integer NOT NULL DEFAULT '0', "having" integer NOT NULL DEFAULT '0', "seal" text NOT NULL, "held_at" TIMESTAMP WITH TIME ZONE NOT NULL, "expires_at" TIMESTAMP WITH TIME ZONE NOT NULL, "notice_id" uuid NOT NULL, "outcome" text, "decided_by" text, "decided_at" TIMESTAMP WITH TIME ZONE, "done_at" TIMESTAMP WITH TIME ZONE, "recorded" jsonb, CONSTRAINT "PK_c709d3aa397f8cdc8cc44f22eac" PRIMARY KEY ("id"))`,
    );
    await queryRunner.query(
      `CREATE INDEX "IDX_e3845c4797cf46c25d3b902982" ON "held"  ("notice_id") `,
    );
    await queryRunner.query(
      `CREATE INDEX "IDX_093b58ee4896739154cb40fb75" ON "held"  ("guild_id", "kind", "seal") `,
    );
    await queryRunner.query(
      `CREATE INDEX "IDX_571766b12835dbb1082f91678c" ON "held"  ("decided_at") WHERE outcome = 'agreed' and done_at is null`,
    );
    await queryRunner.query(`ALTER TABLE "guild" ADD "brake_people" integer NOT NULL DEFAULT '5'`);
    await queryRunner.query(
      `ALTER TABLE "guild" ADD "brake_percent" integer NOT NULL DEFAULT '10'`,
    );
    await queryRunner.query(
      `ALTER TABLE "held" ADD CONSTRAINT "FK_5fc2631ee7cb5d9367dcbb973c3" FOREIGN KEY ("guild_id") REFERENCES "guild"("id") ON DELETE NO ACTION ON UPDATE NO ACTION`,
    );
    await queryRunner.query(
      `ALTER TABLE "held" ADD CONSTRAINT "FK_e3845c4797cf46c25d3b902982f" FOREIGN KEY ("notice_id") REFERENCES "notice"("id") ON DELETE NO ACTION ON UPDATE NO ACTION`,
    );
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "held" DROP CONSTRAINT "FK_e3845c4797cf46c25d3b902982f"`);
    await queryRunner.query(`ALTER TABLE "held" DROP CONSTRAINT "FK_5fc2631ee7cb5d9367dcbb973c3"`);
    await queryRunner.query(`ALTER TABLE "guild" DROP COLUMN "brake_percent"`);
    await queryRunner.query(`ALTER TABLE "guild" DROP COLUMN "brake_people"`);
    await queryRunner.query(`DROP INDEX "public"."IDX_571766b12835dbb1082f91678c"`);
    await queryRunner.query(`DROP INDEX "public"."IDX_093b58ee4896739154cb40fb75"`);
    await queryRunner.query(`DROP INDEX "public"."IDX_e3845c4797cf46c25d3b902982"`);
    await queryRunner.query(`DROP TABLE "held"`);
  }
}
