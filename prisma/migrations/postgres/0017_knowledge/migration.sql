-- Passages are made again, from the files, with what the new search needs: see the end of this file.
DELETE FROM "chunk";

-- DropForeignKey
ALTER TABLE "chunk" DROP CONSTRAINT "chunk_documentId_fkey";

-- DropIndex
DROP INDEX "chunk_documentId_ordinal_key";

-- AlterTable
ALTER TABLE "chunk" DROP COLUMN "documentId",
DROP COLUMN "embedding",
ADD COLUMN     "baseId" TEXT NOT NULL,
ADD COLUMN     "fingerprint" TEXT,
ADD COLUMN     "headingTerms" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "length" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "page" INTEGER,
ADD COLUMN     "terms" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "versionId" TEXT NOT NULL;

-- AlterTable
ALTER TABLE "document" ADD COLUMN     "key" TEXT,
ADD COLUMN     "liveVersionId" TEXT,
ADD COLUMN     "sourceId" TEXT,
ADD COLUMN     "uri" TEXT;

-- AlterTable
ALTER TABLE "knowledge_base" ADD COLUMN     "chunkOverlap" INTEGER NOT NULL DEFAULT 150,
ADD COLUMN     "chunkSize" INTEGER NOT NULL DEFAULT 1200,
ADD COLUMN     "language" TEXT NOT NULL DEFAULT 'auto',
ADD COLUMN     "reranker" TEXT,
ADD COLUMN     "revision" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "knowledge_source" (
    "id" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "baseId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "config" TEXT NOT NULL DEFAULT '{}',
    "connectionId" TEXT,
    "schedule" TEXT,
    "timeZone" TEXT NOT NULL DEFAULT 'UTC',
    "nextRunAt" TIMESTAMP(3),
    "state" TEXT NOT NULL DEFAULT 'idle',
    "error" TEXT,
    "report" TEXT NOT NULL DEFAULT '{}',
    "lastRunAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "knowledge_source_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "document_version" (
    "id" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "baseId" TEXT NOT NULL,
    "documentId" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "hash" TEXT NOT NULL,
    "mimeType" TEXT NOT NULL,
    "bytes" INTEGER NOT NULL,
    "storageKey" TEXT NOT NULL,
    "settings" TEXT NOT NULL DEFAULT '{}',
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "progress" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,
    "notes" TEXT NOT NULL DEFAULT '[]',
    "title" TEXT,
    "language" TEXT,
    "metadata" TEXT NOT NULL DEFAULT '{}',
    "chunkCount" INTEGER NOT NULL DEFAULT 0,
    "termCount" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "liveAt" TIMESTAMP(3),

    CONSTRAINT "document_version_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "knowledge_term" (
    "baseId" TEXT NOT NULL,
    "term" TEXT NOT NULL,
    "chunks" INTEGER NOT NULL,

    CONSTRAINT "knowledge_term_pkey" PRIMARY KEY ("baseId","term")
);

-- CreateTable
CREATE TABLE "vector_index" (
    "id" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "baseId" TEXT NOT NULL,
    "config" TEXT NOT NULL,
    "connectionId" TEXT,
    "dimensions" INTEGER,
    "state" TEXT NOT NULL DEFAULT 'filling',
    "error" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "vector_index_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "vector_block" (
    "indexId" TEXT NOT NULL,
    "versionId" TEXT NOT NULL,
    "start" INTEGER NOT NULL,
    "count" INTEGER NOT NULL,
    "data" BYTEA NOT NULL,

    CONSTRAINT "vector_block_pkey" PRIMARY KEY ("indexId","versionId","start")
);

-- CreateTable
CREATE TABLE "knowledge_question" (
    "id" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "baseId" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "expected" TEXT NOT NULL,
    "origin" TEXT NOT NULL DEFAULT 'user',
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "knowledge_question_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "knowledge_evaluation" (
    "id" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "baseId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "settings" TEXT NOT NULL,
    "result" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "knowledge_evaluation_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "knowledge_source_projectId_idx" ON "knowledge_source"("projectId");

-- CreateIndex
CREATE INDEX "knowledge_source_baseId_idx" ON "knowledge_source"("baseId");

-- CreateIndex
CREATE INDEX "knowledge_source_nextRunAt_idx" ON "knowledge_source"("nextRunAt");

-- CreateIndex
CREATE INDEX "document_version_baseId_idx" ON "document_version"("baseId");

-- CreateIndex
CREATE INDEX "document_version_projectId_idx" ON "document_version"("projectId");

-- CreateIndex
CREATE UNIQUE INDEX "document_version_documentId_number_key" ON "document_version"("documentId", "number");

-- CreateIndex
CREATE INDEX "vector_index_baseId_idx" ON "vector_index"("baseId");

-- CreateIndex
CREATE INDEX "vector_index_projectId_idx" ON "vector_index"("projectId");

-- CreateIndex
CREATE INDEX "vector_block_versionId_idx" ON "vector_block"("versionId");

-- CreateIndex
CREATE INDEX "knowledge_question_baseId_idx" ON "knowledge_question"("baseId");

-- CreateIndex
CREATE INDEX "knowledge_question_projectId_idx" ON "knowledge_question"("projectId");

-- CreateIndex
CREATE INDEX "knowledge_evaluation_baseId_createdAt_idx" ON "knowledge_evaluation"("baseId", "createdAt");

-- CreateIndex
CREATE INDEX "knowledge_evaluation_projectId_idx" ON "knowledge_evaluation"("projectId");

-- CreateIndex
CREATE UNIQUE INDEX "chunk_versionId_ordinal_key" ON "chunk"("versionId", "ordinal");

-- CreateIndex
CREATE INDEX "document_sourceId_idx" ON "document"("sourceId");

-- CreateIndex
CREATE UNIQUE INDEX "document_baseId_key_key" ON "document"("baseId", "key");

-- AddForeignKey
ALTER TABLE "knowledge_source" ADD CONSTRAINT "knowledge_source_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "knowledge_source" ADD CONSTRAINT "knowledge_source_baseId_fkey" FOREIGN KEY ("baseId") REFERENCES "knowledge_base"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "document" ADD CONSTRAINT "document_sourceId_fkey" FOREIGN KEY ("sourceId") REFERENCES "knowledge_source"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "document_version" ADD CONSTRAINT "document_version_documentId_fkey" FOREIGN KEY ("documentId") REFERENCES "document"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "chunk" ADD CONSTRAINT "chunk_versionId_fkey" FOREIGN KEY ("versionId") REFERENCES "document_version"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "knowledge_term" ADD CONSTRAINT "knowledge_term_baseId_fkey" FOREIGN KEY ("baseId") REFERENCES "knowledge_base"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "vector_index" ADD CONSTRAINT "vector_index_baseId_fkey" FOREIGN KEY ("baseId") REFERENCES "knowledge_base"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "vector_block" ADD CONSTRAINT "vector_block_indexId_fkey" FOREIGN KEY ("indexId") REFERENCES "vector_index"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "vector_block" ADD CONSTRAINT "vector_block_versionId_fkey" FOREIGN KEY ("versionId") REFERENCES "document_version"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "knowledge_question" ADD CONSTRAINT "knowledge_question_baseId_fkey" FOREIGN KEY ("baseId") REFERENCES "knowledge_base"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "knowledge_evaluation" ADD CONSTRAINT "knowledge_evaluation_baseId_fkey" FOREIGN KEY ("baseId") REFERENCES "knowledge_base"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The documents that are there become versions, and are read again. A version has the id of its document here: one each.
INSERT INTO "document_version" ("id", "organizationId", "projectId", "baseId", "documentId", "number", "hash", "mimeType", "bytes", "storageKey", "createdAt")
SELECT "id", "organizationId", "projectId", "baseId", "id", 1, '', "mimeType", "bytes", "storageKey", "createdAt" FROM "document";
UPDATE "document" SET "status" = 'pending', "error" = NULL, "chunkCount" = 0;
DELETE FROM "job" WHERE "kind" = 'knowledge.ingest';
INSERT INTO "job" ("id", "kind", "payload")
SELECT gen_random_uuid()::text, 'knowledge.ingest', json_build_object('versionId', "id")::text FROM "document";
