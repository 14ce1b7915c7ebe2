import type { MigrationInterface, QueryRunner } from 'typeorm';

export class HandsOff1795598395379 implements MigrationInterface {
  name = 'HandsOff1795598395379';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "share" ADD "hands_off" boolean NOT NULL DEFAULT false`);
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "share" DROP COLUMN "hands_off"`);
  }
}
