import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Outbox1795573554694 implements MigrationInterface {
  name = 'Outbox1795573554694';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE "trouble" ("id" uuid NOT NULL, "guild_id" text NOT NULL, "kind" text NOT NULL, "subject" text NOT NULL, "detail" text, "since" TIMESTAMP WITH TIME ZONE NOT NULL, "tell_at" TIMESTAMP WITH TIME ZONE NOT NULL, "until" TIMESTAMP WITH TIME ZONE, "notice_id" uuid NOT NULL, "dm_at" TIMESTAMP WITH TIME ZONE, "retry_at" TIMESTAMP WITH TIME ZONE, "tries" integer NOT NULL DEFAULT '0', CONSTRAINT "PK_ef7d42ac92d09b483f4333d82de" PRIMARY KEY ("id"))`,
    );
    await queryRunner.query(
      `CREATE UNIQUE INDEX "IDX_6764787e4268c1ea8b61e772a3" ON "trouble"  ("guild_id", "kind", "subject") WHERE until is null`,
    );
    await queryRunner.query(
      `CREATE INDEX "IDX_13be45091d19d649e8472907ce" ON "trouble"  ("notice_id") `,
    );
    await queryRunner.query(
      `CREATE TABLE "dm" ("id" uuid NOT NULL, "guild_id" text NOT NULL, "user_id" text NOT NULL, "kind" text NOT NULL, "person_id" uuid, "server_id" uuid, "section_id" bigint, "case_id" uuid, "grant_id" uuid, "ends_at" TIMESTAMP WITH TIME ZONE, "trouble_id" uuid, "owed_at" TIMESTAMP WITH TIME ZONE NOT NULL, "due_at" TIMESTAMP WITH TIME ZONE, "sending_at" TIMESTAMP WITH TIME ZONE, "done_at" TIMESTAMP WITH TIME ZONE, "outcome" text, "message_id" text, "tries" integer NOT NULL DEFAULT '0', CONSTRAINT "PK_3d25307480b6db04b2ea3b7f204" PRIMARY KEY ("id"))`,
    );
    await queryRunner.query(
      `CREATE INDEX "IDX_31190de63d0b62a361fb58f5ec" ON "dm"  ("due_at") WHERE due_at is not null`,
    );
    await queryRunner.query(
      `CREATE INDEX "IDX_76a1f7e9b29c769c7a0685a1e4" ON "dm"  ("case_id") WHERE done_at is null`,
    );
    await queryRunner.query(
      `CREATE INDEX "IDX_b18d604e4432a12fedf347702f" ON "dm"  ("user_id", "done_at") `,
    );
    await queryRunner.query(
      `CREATE UNIQUE INDEX "IDX_9252fc3fd4404c29791c48916d" ON "dm"  ("grant_id", "ends_at", "user_id") WHERE grant_id is not null`,
    );
    await queryRunner.query(
      `CREATE UNIQUE INDEX "IDX_815834cd2e2e8a2ec21fa3ae11" ON "dm"  ("trouble_id", "user_id") WHERE trouble_id is not null`,
    );
    await queryRunner.query(
      `CREATE TABLE "admin" ("guild_id" text NOT NULL, "user_id" text NOT NULL, "seen_at" TIMESTAMP WITH TIME ZONE NOT NULL, CONSTRAINT "PK_8439dab30a07d3c98ef4ba6c6e5" PRIMARY KEY ("guild_id", "user_id"))`,
    );
    await queryRunner.query(`ALTER TABLE "guild" ADD "dms" boolean NOT NULL DEFAULT true`);
    await queryRunner.query(
      `ALTER TABLE "trouble" ADD CONSTRAINT "FK_48a421315d1bb2c6f0380e9c93f" FOREIGN KEY ("guild_id") REFERENCES "guild"("id") ON DELETE NO ACTION ON UPDATE NO ACTION`,
    );
    await queryRunner.query(
      `ALTER TABLE "trouble" ADD CONSTRAINT "FK_13be45091d19d649e8472907ce5" FOREIGN KEY ("notice_id") REFERENCES "notice"("id") ON DELETE NO ACTION ON UPDATE NO ACTION`,
    );
    await queryRunner.query(
      `ALTER TABLE "dm" ADD CONSTRAINT "FK_188434b6d91e7bb595a23ae645f" FOREIGN KEY ("guild_id") REFERENCES "guild"("id") ON DELETE NO ACTION ON UPDATE NO ACTION`,
    );
    await queryRunner.query(
      `ALTER TABLE "dm" ADD CONSTRAINT "FK_9ba9bc172824cf93b7e27ab0638" FOREIGN KEY ("case_id") REFERENCES "case"("id") ON DELETE NO ACTION ON UPDATE NO ACTION`,
    );
    await queryRunner.query(
      `ALTER TABLE "dm" ADD CONSTRAINT "FK_648e240b6b2f7e4211cddc97fc9" FOREIGN KEY ("trouble_id") REFERENCES "trouble"("id") ON DELETE NO ACTION ON UPDATE NO ACTION`,
    );
    await queryRunner.query(
      `ALTER TABLE "admin" ADD CONSTRAINT "FK_7c8247b390c1ee21b679f7e798e" FOREIGN KEY ("guild_id") REFERENCES "guild"("id") ON DELETE NO ACTION ON UPDATE NO ACTION`,
    );
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "admin" DROP CONSTRAINT "FK_7c8247b390c1ee21b679f7e798e"`);
    await queryRunner.query(`ALTER TABLE "dm" DROP CONSTRAINT "FK_648e240b6b2f7e4211cddc97fc9"`);
    await queryRunner.query(`ALTER TABLE "dm" DROP CONSTRAINT "FK_9ba9bc172824cf93b7e27ab0638"`);
    await queryRunner.query(`ALTER TABLE "dm" DROP CONSTRAINT "FK_188434b6d91e7bb595a23ae645f"`);
    await queryRunner.query(
      `ALTER TABLE "trouble" DROP CONSTRAINT "FK_13be45091d19d649e8472907ce5"`,
    );
    await queryRunner.query(
      `ALTER TABLE "trouble" DROP CONSTRAINT "FK_48a421315d1bb2c6f0380e9c93f"`,
    );
    await queryRunner.query(`ALTER TABLE "guild" DROP COLUMN "dms"`);
    await queryRunner.query(`DROP TABLE "admin"`);
    await queryRunner.query(`DROP INDEX "public"."IDX_815834cd2e2e8a2ec21fa3ae11"`);
    await queryRunner.query(`DROP INDEX "public"."IDX_9252fc3fd4404c29791c48916d"`);
    await queryRunner.query(`DROP INDEX "public"."IDX_b18d604e4432a12fedf347702f"`);
    await queryRunner.query(`DROP INDEX "public"."IDX_76a1f7e9b29c769c7a0685a1e4"`);
    await queryRunner.query(`DROP INDEX "public"."IDX_31190de63d0b62a361fb58f5ec"`);
    await queryRunner.query(`DROP TABLE "dm"`);
    await queryRunner.query(`DROP INDEX "public"."IDX_13be45091d19d649e8472907ce"`);
    await queryRunner.query(`DROP INDEX "public"."IDX_6764787e4268c1ea8b61e772a3"`);
    await queryRunner.query(`DROP TABLE "trouble"`);
  }
}
