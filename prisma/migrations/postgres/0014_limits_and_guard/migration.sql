-- AlterTable
ALTER TABLE "organization" ADD COLUMN     "limits" TEXT NOT NULL DEFAULT '{}';

-- AlterTable
ALTER TABLE "project" ADD COLUMN     "guard" TEXT NOT NULL DEFAULT '{}',
ADD COLUMN     "limits" TEXT NOT NULL DEFAULT '{}';

-- AlterTable
ALTER TABLE "run" ADD COLUMN     "guarded" TEXT;

-- AlterTable
ALTER TABLE "workflow" ADD COLUMN     "unreviewed" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "call_usage" (
    "organizationId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "period" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "call_usage_pkey" PRIMARY KEY ("organizationId","projectId","period","subject")
);

-- CreateTable
CREATE TABLE "limit_hit" (
    "organizationId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "lastAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "limit_hit_pkey" PRIMARY KEY ("organizationId","projectId","scope","name","subject")
);

-- CreateIndex
CREATE INDEX "call_usage_projectId_period_idx" ON "call_usage"("projectId", "period");

-- CreateIndex
CREATE INDEX "call_usage_period_idx" ON "call_usage"("period");

-- CreateIndex
CREATE INDEX "limit_hit_projectId_idx" ON "limit_hit"("projectId");

-- CreateIndex
CREATE INDEX "limit_hit_lastAt_idx" ON "limit_hit"("lastAt");

-- AddForeignKey
ALTER TABLE "call_usage" ADD CONSTRAINT "call_usage_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "limit_hit" ADD CONSTRAINT "limit_hit_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;
