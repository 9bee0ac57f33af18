-- AlterTable
ALTER TABLE "knowledge_source" ADD COLUMN     "mark" TEXT,
ADD COLUMN     "run" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "knowledge_source_item" (
    "sourceId" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "run" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "error" TEXT,
    "place" TEXT NOT NULL DEFAULT '{}',
    "mark" TEXT,

    CONSTRAINT "knowledge_source_item_pkey" PRIMARY KEY ("sourceId","key")
);

-- CreateIndex
CREATE INDEX "knowledge_source_item_sourceId_run_state_idx" ON "knowledge_source_item"("sourceId", "run", "state");

-- AddForeignKey
ALTER TABLE "knowledge_source_item" ADD CONSTRAINT "knowledge_source_item_sourceId_fkey" FOREIGN KEY ("sourceId") REFERENCES "knowledge_source"("id") ON DELETE CASCADE ON UPDATE CASCADE;
