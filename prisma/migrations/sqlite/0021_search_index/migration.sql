-- The index holds the terms of the chunks that are searched, as they are given; whoever changes what is searched
-- changes it.
DROP TRIGGER "chunk_search_insert";
DROP TRIGGER "chunk_search_delete";
DROP TRIGGER "chunk_search_update";
DROP TABLE "chunk_search";
CREATE VIRTUAL TABLE "chunk_search" USING fts5(
    words, content = '', contentless_delete = 1, detail = none, tokenize = "ascii tokenchars '!.#+'"
);
