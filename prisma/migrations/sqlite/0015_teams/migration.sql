-- AlterTable
ALTER TABLE "member" ADD COLUMN "seenAt" DATETIME;

-- CreateTable
CREATE TABLE "project_member" (
    "projectId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,

    PRIMARY KEY ("projectId", "userId"),
    CONSTRAINT "project_member_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "project" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "project_member_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "shared_template" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "organizationId" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "summary" TEXT NOT NULL,
    "tags" TEXT NOT NULL DEFAULT '[]',
    "content" TEXT NOT NULL,
    "input" TEXT NOT NULL DEFAULT '{}',
    "projectId" TEXT,
    "workflowId" TEXT,
    "authorId" TEXT,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "shared_template_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "organization" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- AlterTable
ALTER TABLE "invitation" ADD COLUMN "tokenHash" TEXT;
ALTER TABLE "invitation" ADD COLUMN "projects" TEXT NOT NULL DEFAULT '[]';
ALTER TABLE "invitation" ADD COLUMN "acceptedAt" DATETIME;

-- AlterTable
ALTER TABLE "project" ADD COLUMN "private" BOOLEAN NOT NULL DEFAULT false;

-- CreateIndex
CREATE UNIQUE INDEX "invitation_tokenHash_key" ON "invitation"("tokenHash");

-- CreateIndex
CREATE INDEX "project_member_userId_idx" ON "project_member"("userId");

-- CreateIndex
CREATE INDEX "project_member_organizationId_idx" ON "project_member"("organizationId");

-- CreateIndex
CREATE INDEX "shared_template_organizationId_idx" ON "shared_template"("organizationId");

-- A published version never changes, but for the organization it belongs to.
DROP TRIGGER "version_immutable";
CREATE TRIGGER "version_immutable" BEFORE UPDATE OF "id", "projectId", "workflowId", "number", "revision", "name", "document", "documentHash",
    "contract", "contractHash", "note", "publishedBy", "publishedAt" ON "version"
BEGIN SELECT RAISE(ABORT, 'a published version never changes'); END;
