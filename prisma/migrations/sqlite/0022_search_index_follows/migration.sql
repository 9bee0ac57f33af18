-- A project or an organization takes its passages along by foreign keys: the index follows.
CREATE TRIGGER "chunk_search_follows" AFTER DELETE ON "chunk"
BEGIN DELETE FROM "chunk_search" WHERE rowid = old."id"; END;
DELETE FROM "chunk_search" WHERE rowid NOT IN (SELECT "id" FROM "chunk");
