-- AlterTable
ALTER TABLE "vector_block" ADD COLUMN "hash" TEXT NOT NULL DEFAULT '';
