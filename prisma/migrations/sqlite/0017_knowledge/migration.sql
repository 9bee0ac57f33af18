-- CreateTable
CREATE TABLE "knowledge_source" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "organizationId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "baseId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "config" TEXT NOT NULL DEFAULT '{}',
    "connectionId" TEXT,
    "schedule" TEXT,
    "timeZone" TEXT NOT NULL DEFAULT 'UTC',
    "nextRunAt" DATETIME,
    "state" TEXT NOT NULL DEFAULT 'idle',
    "error" TEXT,
    "report" TEXT NOT NULL DEFAULT '{}',
    "lastRunAt" DATETIME,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "knowledge_source_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "project" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "knowledge_source_baseId_fkey" FOREIGN KEY ("baseId") REFERENCES "knowledge_base" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "document_version" (
    "id" TEXT NOT NULL PRIMARY KEY,
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
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "liveAt" DATETIME,
    CONSTRAINT "document_version_documentId_fkey" FOREIGN KEY ("documentId") REFERENCES "document" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "knowledge_term" (
    "baseId" TEXT NOT NULL,
    "term" TEXT NOT NULL,
    "chunks" INTEGER NOT NULL,

    PRIMARY KEY ("baseId", "term"),
    CONSTRAINT "knowledge_term_baseId_fkey" FOREIGN KEY ("baseId") REFERENCES "knowledge_base" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "vector_index" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "organizationId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "baseId" TEXT NOT NULL,
    "config" TEXT NOT NULL,
    "connectionId" TEXT,
    "dimensions" INTEGER,
    "state" TEXT NOT NULL DEFAULT 'filling',
    "error" TEXT,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "vector_index_baseId_fkey" FOREIGN KEY ("baseId") REFERENCES "knowledge_base" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "vector_block" (
    "indexId" TEXT NOT NULL,
    "versionId" TEXT NOT NULL,
    "start" INTEGER NOT NULL,
    "count" INTEGER NOT NULL,
    "data" BLOB NOT NULL,

    PRIMARY KEY ("indexId", "versionId", "start"),
    CONSTRAINT "vector_block_indexId_fkey" FOREIGN KEY ("indexId") REFERENCES "vector_index" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "vector_block_versionId_fkey" FOREIGN KEY ("versionId") REFERENCES "document_version" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "knowledge_question" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "organizationId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "baseId" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "expected" TEXT NOT NULL,
    "origin" TEXT NOT NULL DEFAULT 'user',
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "knowledge_question_baseId_fkey" FOREIGN KEY ("baseId") REFERENCES "knowledge_base" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "knowledge_evaluation" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "organizationId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "baseId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "settings" TEXT NOT NULL,
    "result" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "knowledge_evaluation_baseId_fkey" FOREIGN KEY ("baseId") REFERENCES "knowledge_base" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- Passages are made again, from the files, with what the new search needs: see the end of this file.
DROP TABLE "chunk_search";
DROP TABLE "chunk";
CREATE TABLE "chunk" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "baseId" TEXT NOT NULL,
    "versionId" TEXT NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "headings" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "page" INTEGER,
    "headingTerms" TEXT NOT NULL DEFAULT '',
    "terms" TEXT NOT NULL DEFAULT '',
    "length" INTEGER NOT NULL DEFAULT 0,
    "fingerprint" TEXT,
    CONSTRAINT "chunk_versionId_fkey" FOREIGN KEY ("versionId") REFERENCES "document_version" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "chunk_versionId_ordinal_key" ON "chunk"("versionId", "ordinal");

-- Full-text search over chunks; the index follows the table.
CREATE VIRTUAL TABLE "chunk_search" USING fts5(
    headings, text, content = 'chunk', content_rowid = 'id', tokenize = 'porter unicode61 remove_diacritics 2'
);
CREATE TRIGGER "chunk_search_insert" AFTER INSERT ON "chunk"
BEGIN
    INSERT INTO "chunk_search" (rowid, headings, text) VALUES (new.id, new.headings, new.text);
END;
CREATE TRIGGER "chunk_search_delete" AFTER DELETE ON "chunk"
BEGIN
    INSERT INTO "chunk_search" ("chunk_search", rowid, headings, text)
    VALUES ('delete', old.id, old.headings, old.text);
END;
CREATE TRIGGER "chunk_search_update" AFTER UPDATE OF headings, text ON "chunk"
BEGIN
    INSERT INTO "chunk_search" ("chunk_search", rowid, headings, text)
    VALUES ('delete', old.id, old.headings, old.text);
    INSERT INTO "chunk_search" (rowid, headings, text) VALUES (new.id, new.headings, new.text);
END;

-- AlterTable
ALTER TABLE "document" ADD COLUMN "key" TEXT;
ALTER TABLE "document" ADD COLUMN "liveVersionId" TEXT;
ALTER TABLE "document" ADD COLUMN "sourceId" TEXT REFERENCES "knowledge_source" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "document" ADD COLUMN "uri" TEXT;
CREATE INDEX "document_sourceId_idx" ON "document"("sourceId");
CREATE UNIQUE INDEX "document_baseId_key_key" ON "document"("baseId", "key");

-- AlterTable
ALTER TABLE "knowledge_base" ADD COLUMN "chunkOverlap" INTEGER NOT NULL DEFAULT 150;
ALTER TABLE "knowledge_base" ADD COLUMN "chunkSize" INTEGER NOT NULL DEFAULT 1200;
ALTER TABLE "knowledge_base" ADD COLUMN "language" TEXT NOT NULL DEFAULT 'auto';
ALTER TABLE "knowledge_base" ADD COLUMN "reranker" TEXT;
ALTER TABLE "knowledge_base" ADD COLUMN "revision" INTEGER NOT NULL DEFAULT 0;

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

-- The documents that are there become versions, and are read again. A version has the id of its document here: one each.
INSERT INTO "document_version" ("id", "organizationId", "projectId", "baseId", "documentId", "number", "hash", "mimeType", "bytes", "storageKey", "createdAt")
SELECT "id", "organizationId", "projectId", "baseId", "id", 1, '', "mimeType", "bytes", "storageKey", "createdAt" FROM "document";
UPDATE "document" SET "status" = 'pending', "error" = NULL, "chunkCount" = 0;
DELETE FROM "job" WHERE "kind" = 'knowledge.ingest';
INSERT INTO "job" ("id", "kind", "payload", "runAt", "createdAt")
SELECT lower(hex(randomblob(16))), 'knowledge.ingest', json_object('versionId', "id"), CAST(unixepoch('subsec') * 1000 AS INTEGER), CAST(unixepoch('subsec') * 1000 AS INTEGER) FROM "document";
