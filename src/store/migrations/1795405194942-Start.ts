import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Start1795405194942 implements MigrationInterface {
  name = 'Start1795405194942';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE "setting" ("name" text NOT NULL, "value" text NOT NULL, CONSTRAINT "PK_27923d152bbf82683ab795d5476" PRIMARY KEY ("name"))`,
    );
    await queryRunner.query(
      `CREATE TABLE "guild" ("id" text NOT NULL, "time_zone" text, "audit_channel_id" text, "last_case_number" integer NOT NULL DEFAULT '0', "left_at" TIMESTAMP WITH TIME ZONE, CONSTRAINT "PK_cfbbd0a2805cab7053b516068a3" PRIMARY KEY ("id"))`,
    );
    await queryRunner.query(
      `CREATE TABLE "role_binding" ("guild_id" text NOT NULL, "role_id" text NOT NULL, "power" text NOT NULL, CONSTRAINT "PK_80c59cf5c19c5d9719b4b95b7e1" PRIMARY KEY ("guild_id", "role_id"))`,
    );
    await queryRunner.query(
      `CREATE TABLE "server" ("id" uuid NOT NULL, "guild_id" text NOT NULL, "machine_id" text NOT NULL, "owner_id" bigint NOT NULL, "name" text NOT NULL, "pms_url" text NOT NULL, "synced_at" TIMESTAMP WITH TIME ZONE, "swept_at" TIMESTAMP WITH TIME ZONE, "sane_rows" jsonb NOT NULL DEFAULT '[]', "doubted_rows" jsonb, CONSTRAINT "UQ_aef56e89e12844229f7aa62ff5d" UNIQUE ("machine_id"), CONSTRAINT "PK_f8b8af38bdc23b447c0a57c7937" PRIMARY KEY ("id"))`,
    );
    await queryRunner.query(
      `CREATE INDEX "IDX_ab418aa693da561852638cb11e" ON "server"  ("guild_id") `,
    );
    await queryRunner.query(
      `CREATE TABLE "library" ("id" uuid NOT NULL, "server_id" uuid NOT NULL, "section_id" bigint NOT NULL, "key" text NOT NULL, "uuid" text NOT NULL, "title" text NOT NULL, "type" text NOT NULL, "is_default" boolean NOT NULL DEFAULT false, "missing_since" TIMESTAMP WITH TIME ZONE, "gone_at" TIMESTAMP WITH TIME ZONE, CONSTRAINT "UQ_69c44248b223514ffb01f17774f" UNIQUE ("server_id", "section_id"), CONSTRAINT "PK_3a61ae2e897d9b5a59a64e91aa4" PRIMARY KEY ("id"))`,
    );
    await queryRunner.query(
      `CREATE TABLE "person" ("id" uuid NOT NULL, "guild_id" text NOT NULL, "account_id" bigint, "kind" text NOT NULL, "title" text NOT NULL, "username" text NOT NULL, "email" text NOT NULL, "missing_since" TIMESTAMP WITH TIME ZONE, "gone_at" TIMESTAMP WITH TIME ZONE, CONSTRAINT "PK_5fdaf670315c4b7e70cce85daa3" PRIMARY KEY ("id"))`,
    );
    await queryRunner.query(
      `CREATE UNIQUE INDEX "IDX_3a60463736f4831356b26388cd" ON "person"  ("guild_id", "account_id") WHERE account_id is not null`,
    );
    await queryRunner.query(
      `CREATE INDEX "IDX_a5dc0208a1da66341d68636878" ON "person"  ("guild_id", "email") `,
    );
    await queryRunner.query(
      `CREATE TABLE "link" ("guild_id" text NOT NULL, "user_id" text NOT NULL, "person_id" uuid NOT NULL, CONSTRAINT "PK_18c6c0fa29af4069355bb4734a1" PRIMARY KEY ("guild_id", "user_id"))`,
    );
    await queryRunner.query(
      `CREATE INDEX "IDX_caddbcc230c5498c07a04e0cb4" ON "link"  ("person_id") `,
    );
    await queryRunner.query(
      `CREATE TABLE "share" ("server_id" uuid NOT NULL, "person_id" uuid NOT NULL, "version" integer NOT NULL DEFAULT '0', "managed" boolean NOT NULL DEFAULT false, "import_owed" boolean NOT NULL DEFAULT false, "ordered" jsonb NOT NULL DEFAULT '[]', "looked_at" TIMESTAMP WITH TIME ZONE NOT NULL, "observed" jsonb, "attempt" jsonb, "exempt" jsonb NOT NULL DEFAULT '[]', "drift_seen" jsonb NOT NULL DEFAULT '[]', "next_look_at" TIMESTAMP WITH TIME ZONE, "next_edge_at" TIMESTAMP WITH TIME ZONE, "looks" integer NOT NULL DEFAULT '0', CONSTRAINT "PK_b50a8d5ac189591dd001507cc4f" PRIMARY KEY ("server_id", "person_id"))`,
    );
    await queryRunner.query(
      `CREATE INDEX "IDX_9661b26ca995a0a2de1af94fe0" ON "share"  ("person_id") `,
    );
    await queryRunner.query(
      `CREATE INDEX "IDX_21fd6dbb08c8067bde1e9bb803" ON "share"  ("next_look_at") WHERE next_look_at is not null`,
    );
    await queryRunner.query(
      `CREATE INDEX "IDX_2cca301d3f3164935f57f2be57" ON "share"  ("next_edge_at") WHERE next_edge_at is not null`,
    );
    await queryRunner.query(
      `CREATE TABLE "share_order" ("server_id" uuid NOT NULL, "person_id" uuid NOT NULL, "section_id" bigint NOT NULL, "want" text NOT NULL, "since" TIMESTAMP WITH TIME ZONE NOT NULL, "cause" text NOT NULL, "case_id" uuid, "tried" boolean NOT NULL DEFAULT false, "seen_at" TIMESTAMP WITH TIME ZONE, "shown_at" TIMESTAMP WITH TIME ZONE, CONSTRAINT "PK_488e82e7fa8b510f6f7e50a2657" PRIMARY KEY ("server_id", "person_id", "section_id"))`,
    );
    await queryRunner.query(
      `CREATE INDEX "IDX_ab5698473631161af02c1f28ff" ON "share_order"  ("person_id") `,
    );
    await queryRunner.query(
      `CREATE TABLE "access_grant" ("id" uuid NOT NULL, "person_id" uuid NOT NULL, "library_id" uuid NOT NULL, "starts_at" TIMESTAMP WITH TIME ZONE NOT NULL, "ends_at" TIMESTAMP WITH TIME ZONE, "revoked_at" TIMESTAMP WITH TIME ZONE, "created_at" TIMESTAMP WITH TIME ZONE NOT NULL, "closed_at" TIMESTAMP WITH TIME ZONE, "source" text NOT NULL, "giver" text, "reason" text, CONSTRAINT "PK_2c12ba789e7748324e87e103a41" PRIMARY KEY ("id"))`,
    );
    await queryRunner.query(
      `CREATE UNIQUE INDEX "IDX_1b47761088026d32ccec734979" ON "access_grant"  ("person_id", "library_id") WHERE closed_at is null`,
    );
    await queryRunner.query(
      `CREATE INDEX "IDX_1fa77b9fdc20c34e8cce75e0ec" ON "access_grant"  ("library_id") `,
    );
    await queryRunner.query(
      `CREATE TABLE "case" ("id" uuid NOT NULL, "guild_id" text NOT NULL, "number" integer NOT NULL, "notice_id" uuid NOT NULL, "at" TIMESTAMP WITH TIME ZONE NOT NULL, "type" text NOT NULL, "person_id" uuid, "server_id" uuid, "actor_id" text, "reason" text, "facts" jsonb NOT NULL, CONSTRAINT "UQ_facf8a5583c1694d17ccce33852" UNIQUE ("guild_id", "number"), CONSTRAINT "PK_a1b20a2aef6fc438389d2c4aca0" PRIMARY KEY ("id"))`,
    );
    await queryRunner.query(
      `CREATE INDEX "IDX_444b7d88238e743906dbf0889d" ON "case"  ("notice_id") `,
    );
    await queryRunner.query(
      `CREATE INDEX "IDX_69b6407827da167ad44030cd1d" ON "case"  ("person_id") `,
    );
    await queryRunner.query(
      `CREATE TABLE "receipt" ("case_id" uuid NOT NULL, "server_id" uuid NOT NULL, "person_id" uuid NOT NULL, "section_id" bigint NOT NULL, "want" text NOT NULL, "due_at" TIMESTAMP WITH TIME ZONE NOT NULL, "written_at" TIMESTAMP WITH TIME ZONE, "seen_at" TIMESTAMP WITH TIME ZONE, "shown_at" TIMESTAMP WITH TIME ZONE, "closed_at" TIMESTAMP WITH TIME ZONE, "how" text, "why" text, CONSTRAINT "PK_dcaebef6bf65a385d09c3931ce7" PRIMARY KEY ("case_id", "server_id", "person_id", "section_id"))`,
    );
    await queryRunner.query(
      `CREATE TABLE "notice" ("id" uuid NOT NULL, "guild_id" text NOT NULL, "owed_at" TIMESTAMP WITH TIME ZONE NOT NULL, "place" BIGSERIAL NOT NULL, "channel_id" text, "message_id" text, "sending_at" TIMESTAMP WITH TIME ZONE, "shown" text, "due_at" TIMESTAMP WITH TIME ZONE, "news" integer NOT NULL DEFAULT '0', "tries" integer NOT NULL DEFAULT '0', CONSTRAINT "PK_705062b14410ff1a04998f86d72" PRIMARY KEY ("id"))`,
    );
    await queryRunner.query(
      `CREATE INDEX "IDX_c53b4ef74a61cdc0b02c5b7df2" ON "notice"  ("guild_id", "place") WHERE due_at is not null`,
    );
    await queryRunner.query(
      `CREATE TABLE "ask" ("id" text NOT NULL, "guild_id" text NOT NULL, "user_id" text, "button" text NOT NULL, "payload" jsonb NOT NULL, "expires_at" TIMESTAMP WITH TIME ZONE, CONSTRAINT "PK_d5060cd0ad3d8db27dc0ec98a86" PRIMARY KEY ("id"))`,
    );
    await queryRunner.query(
      `CREATE INDEX "IDX_552e8873cf8aa3578440bd9318" ON "ask"  ("expires_at") `,
    );
    await queryRunner.query(
      `ALTER TABLE "role_binding" ADD CONSTRAINT "FK_41209b5945c7cf7917502375ad8" FOREIGN KEY ("guild_id") REFERENCES "guild"("id") ON DELETE NO ACTION ON UPDATE NO ACTION`,
    );
    await queryRunner.query(
      `ALTER TABLE "server" ADD CONSTRAINT "FK_ab418aa693da561852638cb11eb" FOREIGN KEY ("guild_id") REFERENCES "guild"("id") ON DELETE NO ACTION ON UPDATE NO ACTION`,
    );
    await queryRunner.query(
      `ALTER TABLE "library" ADD CONSTRAINT "FK_17fc6f40150fbc1ca6898721f34" FOREIGN KEY ("server_id") REFERENCES "server"("id") ON DELETE NO ACTION ON UPDATE NO ACTION`,
    );
    await queryRunner.query(
      `ALTER TABLE "person" ADD CONSTRAINT "FK_6dcbd805291f76dedeaedcae3ed" FOREIGN KEY ("guild_id") REFERENCES "guild"("id") ON DELETE NO ACTION ON UPDATE NO ACTION`,
    );
    await queryRunner.query(
      `ALTER TABLE "link" ADD CONSTRAINT "FK_b30933d78c4021a0e7ae1c58974" FOREIGN KEY ("guild_id") REFERENCES "guild"("id") ON DELETE NO ACTION ON UPDATE NO ACTION`,
    );
    await queryRunner.query(
      `ALTER TABLE "link" ADD CONSTRAINT "FK_caddbcc230c5498c07a04e0cb45" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE NO ACTION ON UPDATE NO ACTION`,
    );
    await queryRunner.query(
      `ALTER TABLE "share" ADD CONSTRAINT "FK_571802907373b58e29169b81265" FOREIGN KEY ("server_id") REFERENCES "server"("id") ON DELETE NO ACTION ON UPDATE NO ACTION`,
    );
    await queryRunner.query(
      `ALTER TABLE "share" ADD CONSTRAINT "FK_9661b26ca995a0a2de1af94fe04" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE NO ACTION ON UPDATE NO ACTION`,
    );
    await queryRunner.query(
      `ALTER TABLE "share_order" ADD CONSTRAINT "FK_cbd5975bf00ebb6d5f071904098" FOREIGN KEY ("server_id") REFERENCES "server"("id") ON DELETE NO ACTION ON UPDATE NO ACTION`,
    );
    await queryRunner.query(
      `ALTER TABLE "share_order" ADD CONSTRAINT "FK_ab5698473631161af02c1f28ffa" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE NO ACTION ON UPDATE NO ACTION`,
    );
    await queryRunner.query(
      `ALTER TABLE "share_order" ADD CONSTRAINT "FK_52f746854b14b8e1729b4d4d879" FOREIGN KEY ("case_id") REFERENCES "case"("id") ON DELETE NO ACTION ON UPDATE NO ACTION`,
    );
    await queryRunner.query(
      `ALTER TABLE "access_grant" ADD CONSTRAINT "FK_539e11324ee24ad650b85f8cfce" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE NO ACTION ON UPDATE NO ACTION`,
    );
    await queryRunner.query(
      `ALTER TABLE "access_grant" ADD CONSTRAINT "FK_1fa77b9fdc20c34e8cce75e0ec1" FOREIGN KEY ("library_id") REFERENCES "library"("id") ON DELETE NO ACTION ON UPDATE NO ACTION`,
    );
    await queryRunner.query(
      `ALTER TABLE "case" ADD CONSTRAINT "FK_cfe75fb4e9c63d8460e2ae0ccde" FOREIGN KEY ("guild_id") REFERENCES "guild"("id") ON DELETE NO ACTION ON UPDATE NO ACTION`,
    );
    await queryRunner.query(
      `ALTER TABLE "case" ADD CONSTRAINT "FK_444b7d88238e743906dbf0889d5" FOREIGN KEY ("notice_id") REFERENCES "notice"("id") ON DELETE NO ACTION ON UPDATE NO ACTION`,
    );
    await queryRunner.query(
      `ALTER TABLE "case" ADD CONSTRAINT "FK_69b6407827da167ad44030cd1df" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE NO ACTION ON UPDATE NO ACTION`,
    );
    await queryRunner.query(
      `ALTER TABLE "case" ADD CONSTRAINT "FK_1e5377bef02d25a7becae56ba9e" FOREIGN KEY ("server_id") REFERENCES "server"("id") ON DELETE NO ACTION ON UPDATE NO ACTION`,
    );
    await queryRunner.query(
      `ALTER TABLE "receipt" ADD CONSTRAINT "FK_0a3fbd1dc5aac6d6407fdc66e6b" FOREIGN KEY ("case_id") REFERENCES "case"("id") ON DELETE NO ACTION ON UPDATE NO ACTION`,
    );
    await queryRunner.query(
      `ALTER TABLE "notice" ADD CONSTRAINT "FK_5d252ec1dccbb6d40aaf994768e" FOREIGN KEY ("guild_id") REFERENCES "guild"("id") ON DELETE NO ACTION ON UPDATE NO ACTION`,
    );
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `ALTER TABLE "notice" DROP CONSTRAINT "FK_5d252ec1dccbb6d40aaf994768e"`,
    );
    await queryRunner.query(
      `ALTER TABLE "receipt" DROP CONSTRAINT "FK_0a3fbd1dc5aac6d6407fdc66e6b"`,
    );
    await queryRunner.query(`ALTER TABLE "case" DROP CONSTRAINT "FK_1e5377bef02d25a7becae56ba9e"`);
    await queryRunner.query(`ALTER TABLE "case" DROP CONSTRAINT "FK_69b6407827da167ad44030cd1df"`);
    await queryRunner.query(`ALTER TABLE "case" DROP CONSTRAINT "FK_444b7d88238e743906dbf0889d5"`);
    await queryRunner.query(`ALTER TABLE "case" DROP CONSTRAINT "FK_cfe75fb4e9c63d8460e2ae0ccde"`);
    await queryRunner.query(
      `ALTER TABLE "access_grant" DROP CONSTRAINT "FK_1fa77b9fdc20c34e8cce75e0ec1"`,
    );
    await queryRunner.query(
      `ALTER TABLE "access_grant" DROP CONSTRAINT "FK_539e11324ee24ad650b85f8cfce"`,
    );
    await queryRunner.query(
      `ALTER TABLE "share_order" DROP CONSTRAINT "FK_52f746854b14b8e1729b4d4d879"`,
    );
    await queryRunner.query(
      `ALTER TABLE "share_order" DROP CONSTRAINT "FK_ab5698473631161af02c1f28ffa"`,
    );
    await queryRunner.query(
      `ALTER TABLE "share_order" DROP CONSTRAINT "FK_cbd5975bf00ebb6d5f071904098"`,
    );
    await queryRunner.query(`ALTER TABLE "share" DROP CONSTRAINT "FK_9661b26ca995a0a2de1af94fe04"`);
    await queryRunner.query(`ALTER TABLE "share" DROP CONSTRAINT "FK_571802907373b58e29169b81265"`);
    await queryRunner.query(`ALTER TABLE "link" DROP CONSTRAINT "FK_caddbcc230c5498c07a04e0cb45"`);
    await queryRunner.query(`ALTER TABLE "link" DROP CONSTRAINT "FK_b30933d78c4021a0e7ae1c58974"`);
    await queryRunner.query(
      `ALTER TABLE "person" DROP CONSTRAINT "FK_6dcbd805291f76dedeaedcae3ed"`,
    );
    await queryRunner.query(
      `ALTER TABLE "library" DROP CONSTRAINT "FK_17fc6f40150fbc1ca6898721f34"`,
    );
    await queryRunner.query(
      `ALTER TABLE "server" DROP CONSTRAINT "FK_ab418aa693da561852638cb11eb"`,
    );
    await queryRunner.query(
      `ALTER TABLE "role_binding" DROP CONSTRAINT "FK_41209b5945c7cf7917502375ad8"`,
    );
    await queryRunner.query(`DROP INDEX "public"."IDX_552e8873cf8aa3578440bd9318"`);
    await queryRunner.query(`DROP TABLE "ask"`);
    await queryRunner.query(`DROP INDEX "public"."IDX_c53b4ef74a61cdc0b02c5b7df2"`);
    await queryRunner.query(`DROP TABLE "notice"`);
    await queryRunner.query(`DROP TABLE "receipt"`);
    await queryRunner.query(`DROP INDEX "public"."IDX_69b6407827da167ad44030cd1d"`);
    await queryRunner.query(`DROP INDEX "public"."IDX_444b7d88238e743906dbf0889d"`);
    await queryRunner.query(`DROP TABLE "case"`);
    await queryRunner.query(`DROP INDEX "public"."IDX_1fa77b9fdc20c34e8cce75e0ec"`);
    await queryRunner.query(`DROP INDEX "public"."IDX_1b47761088026d32ccec734979"`);
    await queryRunner.query(`DROP TABLE "access_grant"`);
    await queryRunner.query(`DROP INDEX "public"."IDX_ab5698473631161af02c1f28ff"`);
    await queryRunner.query(`DROP TABLE "share_order"`);
    await queryRunner.query(`DROP INDEX "public"."IDX_2cca301d3f3164935f57f2be57"`);
    await queryRunner.query(`DROP INDEX "public"."IDX_21fd6dbb08c8067bde1e9bb803"`);
    await queryRunner.query(`DROP INDEX "public"."IDX_9661b26ca995a0a2de1af94fe0"`);
    await queryRunner.query(`DROP TABLE "share"`);
    await queryRunner.query(`DROP INDEX "public"."IDX_caddbcc230c5498c07a04e0cb4"`);
    await queryRunner.query(`DROP TABLE "link"`);
    await queryRunner.query(`DROP INDEX "public"."IDX_a5dc0208a1da66341d68636878"`);
    await queryRunner.query(`DROP INDEX "public"."IDX_3a60463736f4831356b26388cd"`);
    await queryRunner.query(`DROP TABLE "person"`);
    await queryRunner.query(`DROP TABLE "library"`);
    await queryRunner.query(`DROP INDEX "public"."IDX_ab418aa693da561852638cb11e"`);
    await queryRunner.query(`DROP TABLE "server"`);
    await queryRunner.query(`DROP TABLE "role_binding"`);
    await queryRunner.query(`DROP TABLE "guild"`);
    await queryRunner.query(`DROP TABLE "setting"`);
  }
}
