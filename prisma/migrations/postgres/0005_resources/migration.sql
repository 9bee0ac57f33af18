-- AlterTable
ALTER TABLE "knowledge_base" ADD COLUMN     "offered" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "resource_subscription" (
    "session" TEXT NOT NULL,
    "uriHash" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "uri" TEXT NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "resource_subscription_pkey" PRIMARY KEY ("session","uriHash")
);

-- CreateIndex
CREATE INDEX "resource_subscription_projectId_idx" ON "resource_subscription"("projectId");

-- CreateIndex
CREATE INDEX "resource_subscription_expiresAt_idx" ON "resource_subscription"("expiresAt");

-- AddForeignKey
ALTER TABLE "resource_subscription" ADD CONSTRAINT "resource_subscription_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;
