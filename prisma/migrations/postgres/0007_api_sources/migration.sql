-- CreateTable
CREATE TABLE "api_source" (
    "id" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "url" TEXT,
    "hash" TEXT NOT NULL,
    "document" BYTEA NOT NULL,
    "choices" TEXT NOT NULL DEFAULT '{}',
    "importedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "api_source_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "api_source_projectId_createdAt_idx" ON "api_source"("projectId", "createdAt");

-- AddForeignKey
ALTER TABLE "api_source" ADD CONSTRAINT "api_source_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;
