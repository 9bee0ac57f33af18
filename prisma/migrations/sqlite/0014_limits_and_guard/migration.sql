-- AlterTable
ALTER TABLE "run" ADD COLUMN "guarded" TEXT;

-- CreateTable
CREATE TABLE "call_usage" (
    "organizationId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "period" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "count" INTEGER NOT NULL,

    PRIMARY KEY ("organizationId", "projectId", "period", "subject"),
    CONSTRAINT "call_usage_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "organization" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "limit_hit" (
    "organizationId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "lastAt" DATETIME NOT NULL,

    PRIMARY KEY ("organizationId", "projectId", "scope", "name", "subject"),
    CONSTRAINT "limit_hit_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "organization" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- AlterTable
ALTER TABLE "organization" ADD COLUMN "limits" TEXT NOT NULL DEFAULT '{}';

-- AlterTable
ALTER TABLE "project" ADD COLUMN "limits" TEXT NOT NULL DEFAULT '{}';
ALTER TABLE "project" ADD COLUMN "guard" TEXT NOT NULL DEFAULT '{}';

-- AlterTable
ALTER TABLE "workflow" ADD COLUMN "unreviewed" BOOLEAN NOT NULL DEFAULT false;

-- CreateIndex
CREATE INDEX "call_usage_projectId_period_idx" ON "call_usage"("projectId", "period");

-- CreateIndex
CREATE INDEX "call_usage_period_idx" ON "call_usage"("period");

-- CreateIndex
CREATE INDEX "limit_hit_projectId_idx" ON "limit_hit"("projectId");

-- CreateIndex
CREATE INDEX "limit_hit_lastAt_idx" ON "limit_hit"("lastAt");
