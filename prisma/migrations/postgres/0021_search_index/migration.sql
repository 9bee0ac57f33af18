-- The index holds the terms of the chunks that are searched, as they are given; whoever changes what is searched
-- changes it.
DROP TRIGGER "chunk_search_follows" ON "chunk";
DROP FUNCTION "index_chunk";
DROP TABLE "chunk_search";
CREATE TABLE "chunk_search" (
    "chunkId" INTEGER PRIMARY KEY REFERENCES "chunk" ("id") ON DELETE CASCADE,
    -- Hashes of the words: a row is a fifth of what it is with the words themselves, and a search reads thousands.
    "words" INTEGER[] NOT NULL
);
-- What was added last is found as fast as the rest.
CREATE INDEX "chunk_search_words_idx" ON "chunk_search" USING GIN ("words") WITH (fastupdate = off);

-- Ranges of terms are ranges of bytes, whatever the language of the database.
ALTER TABLE "knowledge_term" ALTER COLUMN "term" TYPE TEXT COLLATE "C";
