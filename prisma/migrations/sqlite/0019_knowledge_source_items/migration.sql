-- AlterTable
ALTER TABLE "knowledge_source" ADD COLUMN "run" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "knowledge_source" ADD COLUMN "mark" TEXT;

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

    PRIMARY KEY ("sourceId", "key"),
    CONSTRAINT "knowledge_source_item_sourceId_fkey" FOREIGN KEY ("sourceId") REFERENCES "knowledge_source" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "knowledge_source_item_sourceId_run_state_idx" ON "knowledge_source_item"("sourceId", "run", "state");
