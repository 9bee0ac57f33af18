-- AlterTable
ALTER TABLE "invitation" ADD COLUMN     "acceptedAt" TIMESTAMP(3),
ADD COLUMN     "projects" TEXT NOT NULL DEFAULT '[]',
ADD COLUMN     "tokenHash" TEXT;

-- AlterTable
ALTER TABLE "member" ADD COLUMN     "seenAt" TIMESTAMP(3);

-- AlterTable
ALTER TABLE "project" ADD COLUMN     "private" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "project_member" (
    "projectId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "project_member_pkey" PRIMARY KEY ("projectId","userId")
);

-- CreateTable
CREATE TABLE "shared_template" (
    "id" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "summary" TEXT NOT NULL,
    "tags" TEXT NOT NULL DEFAULT '[]',
    "content" TEXT NOT NULL,
    "input" TEXT NOT NULL DEFAULT '{}',
    "projectId" TEXT,
    "workflowId" TEXT,
    "authorId" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "shared_template_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "project_member_userId_idx" ON "project_member"("userId");

-- CreateIndex
CREATE INDEX "project_member_organizationId_idx" ON "project_member"("organizationId");

-- CreateIndex
CREATE INDEX "shared_template_organizationId_idx" ON "shared_template"("organizationId");

-- CreateIndex
CREATE UNIQUE INDEX "invitation_tokenHash_key" ON "invitation"("tokenHash");

-- AddForeignKey
ALTER TABLE "project_member" ADD CONSTRAINT "project_member_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "project_member" ADD CONSTRAINT "project_member_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "shared_template" ADD CONSTRAINT "shared_template_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- A published version never changes, but for the organization it belongs to.
DROP TRIGGER "version_immutable" ON "version";
CREATE TRIGGER "version_immutable" BEFORE UPDATE OF "id", "projectId", "workflowId", "number", "revision", "name", "document", "documentHash",
    "contract", "contractHash", "note", "publishedBy", "publishedAt" ON "version"
FOR EACH ROW EXECUTE FUNCTION "refuse_change"('a published version never changes');
