import type { MigrationInterface, QueryRunner } from 'typeorm';

export class OpenAnswer1795573000001 implements MigrationInterface {
  name = 'OpenAnswer1795573000001';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            CREATE TABLE "open_answer" (
                "id" text NOT NULL,
                "guild_id" text NOT NULL,
                "application_id" text NOT NULL,
                "token" text NOT NULL,
                "follows" jsonb NOT NULL,
                "until" TIMESTAMP WITH TIME ZONE NOT NULL,
                CONSTRAINT "PK_open_answer" PRIMARY KEY ("id")
            )
        `);
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "open_answer"`);
  }
}
