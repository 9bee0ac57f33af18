-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_vector_block" (
    "indexId" TEXT NOT NULL,
    "versionId" TEXT NOT NULL,
    "start" INTEGER NOT NULL,
    "count" INTEGER NOT NULL,
    "data" BLOB NOT NULL,
    "hash" TEXT NOT NULL DEFAULT '',

    PRIMARY KEY ("indexId", "versionId", "start"),
    CONSTRAINT "vector_block_indexId_fkey" FOREIGN KEY ("indexId") REFERENCES "vector_index" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "vector_block_versionId_fkey" FOREIGN KEY ("versionId") REFERENCES "document_version" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
INSERT INTO "new_vector_block" ("count", "data", "indexId", "start", "versionId") SELECT "count", "data", "indexId", "start", "versionId" FROM "vector_block";
DROP TABLE "vector_block";
ALTER TABLE "new_vector_block" RENAME TO "vector_block";
CREATE INDEX "vector_block_versionId_idx" ON "vector_block"("versionId");
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;
