-- AlterTable
ALTER TABLE "job" ADD COLUMN     "projectId" TEXT;

-- AlterTable
ALTER TABLE "project" ADD COLUMN     "concurrency" INTEGER NOT NULL DEFAULT 5;

-- AlterTable
ALTER TABLE "run" ADD COLUMN     "answers" TEXT,
ADD COLUMN     "awaitedBy" TEXT,
ADD COLUMN     "background" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "cause" TEXT NOT NULL DEFAULT 'call',
ADD COLUMN     "deadAt" TIMESTAMP(3),
ADD COLUMN     "expiresAt" TIMESTAMP(3),
ADD COLUMN     "fence" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "idempotencyKey" TEXT,
ADD COLUMN     "parentId" TEXT,
ADD COLUMN     "recording" TEXT,
ADD COLUMN     "round" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "triggerId" TEXT,
ADD COLUMN     "undone" TEXT;

-- AlterTable
ALTER TABLE "workflow" ADD COLUMN     "pins" TEXT NOT NULL DEFAULT '{}';

-- CreateTable
CREATE TABLE "approval" (
    "id" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "runId" TEXT NOT NULL,
    "workflowId" TEXT NOT NULL,
    "workflowName" TEXT NOT NULL,
    "questionKey" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "details" TEXT NOT NULL,
    "by" TEXT NOT NULL,
    "client" TEXT,
    "keyId" TEXT,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "requestedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "decidedAt" TIMESTAMP(3),
    "decidedBy" TEXT,
    "decidedByName" TEXT,
    "comment" TEXT,

    CONSTRAINT "approval_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "trigger" (
    "id" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "workflowId" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "attempts" INTEGER NOT NULL DEFAULT 3,
    "cron" TEXT,
    "timeZone" TEXT,
    "input" TEXT NOT NULL DEFAULT '{}',
    "signature" TEXT,
    "secret" TEXT,
    "nextAt" TIMESTAMP(3),
    "lastAt" TIMESTAMP(3),
    "lastRunId" TEXT,
    "createdBy" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "trigger_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "workflow_test" (
    "id" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "workflowId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "recording" TEXT NOT NULL,
    "expected" TEXT NOT NULL,
    "createdBy" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "workflow_test_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "store_entry" (
    "projectId" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "expiresAt" TIMESTAMP(3),
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "store_entry_pkey" PRIMARY KEY ("projectId","key")
);

-- CreateIndex
CREATE INDEX "approval_projectId_status_requestedAt_idx" ON "approval"("projectId", "status", "requestedAt");

-- CreateIndex
CREATE INDEX "approval_runId_idx" ON "approval"("runId");

-- CreateIndex
CREATE INDEX "trigger_type_enabled_nextAt_idx" ON "trigger"("type", "enabled", "nextAt");

-- CreateIndex
CREATE UNIQUE INDEX "trigger_workflowId_name_key" ON "trigger"("workflowId", "name");

-- CreateIndex
CREATE INDEX "workflow_test_projectId_idx" ON "workflow_test"("projectId");

-- CreateIndex
CREATE UNIQUE INDEX "workflow_test_workflowId_name_key" ON "workflow_test"("workflowId", "name");

-- CreateIndex
CREATE INDEX "store_entry_expiresAt_idx" ON "store_entry"("expiresAt");

-- CreateIndex
CREATE INDEX "run_status_expiresAt_idx" ON "run"("status", "expiresAt");

-- CreateIndex
CREATE INDEX "run_projectId_deadAt_idx" ON "run"("projectId", "deadAt");

-- CreateIndex
CREATE INDEX "run_awaitedBy_idx" ON "run"("awaitedBy");

-- CreateIndex
CREATE UNIQUE INDEX "run_projectId_idempotencyKey_key" ON "run"("projectId", "idempotencyKey");

-- AddForeignKey
ALTER TABLE "approval" ADD CONSTRAINT "approval_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "trigger" ADD CONSTRAINT "trigger_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "trigger" ADD CONSTRAINT "trigger_workflowId_fkey" FOREIGN KEY ("workflowId") REFERENCES "workflow"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "workflow_test" ADD CONSTRAINT "workflow_test_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "workflow_test" ADD CONSTRAINT "workflow_test_workflowId_fkey" FOREIGN KEY ("workflowId") REFERENCES "workflow"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "store_entry" ADD CONSTRAINT "store_entry_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;
