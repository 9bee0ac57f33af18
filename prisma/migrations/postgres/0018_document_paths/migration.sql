-- AlterTable
ALTER TABLE "document" ADD COLUMN     "path" TEXT NOT NULL DEFAULT '';

-- CreateIndex
CREATE INDEX "document_baseId_createdAt_idx" ON "document"("baseId", "createdAt");

-- CreateIndex
CREATE INDEX "document_baseId_status_idx" ON "document"("baseId", "status");

-- CreateIndex
CREATE INDEX "document_version_storageKey_idx" ON "document_version"("storageKey");

-- Until now a document had a name and nothing else.
UPDATE "document" SET "path" = "name";
