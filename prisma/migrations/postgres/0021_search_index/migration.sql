-- The index holds the terms of the chunks that are searched, as they are given; whoever changes what is searched
-- changes it.
DROP TRIGGER "chunk_search_follows" ON "chunk";
DROP FUNCTION "index_chunk";
DROP TABLE "chunk_search";
CREATE TABLE "chunk_search" (
    "chunkId" INTEGER PRIMARY KEY REFERENCES "chunk" ("id") ON DELETE CASCADE,
    "words" TSVECTOR NOT NULL
);
-- A search reads which chunks there are, not their words: those lie elsewhere, and the rows close together.
ALTER TABLE "chunk_search" ALTER COLUMN "words" SET STORAGE EXTERNAL;
ALTER TABLE "chunk_search" SET (toast_tuple_target = 128);
CREATE INDEX "chunk_search_words_idx" ON "chunk_search" USING GIN ("words");

-- Ranges of terms are ranges of bytes, whatever the language of the database.
ALTER TABLE "knowledge_term" ALTER COLUMN "term" TYPE TEXT COLLATE "C";
