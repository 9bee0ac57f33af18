-- CreateTable
CREATE TABLE "api_source" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "organizationId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "url" TEXT,
    "hash" TEXT NOT NULL,
    "document" BLOB NOT NULL,
    "choices" TEXT NOT NULL DEFAULT '{}',
    "importedAt" DATETIME,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "api_source_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "project" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "api_source_projectId_createdAt_idx" ON "api_source"("projectId", "createdAt");
