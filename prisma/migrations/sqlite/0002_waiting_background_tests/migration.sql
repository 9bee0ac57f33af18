-- AlterTable
ALTER TABLE "job" ADD COLUMN "projectId" TEXT;

-- CreateTable
CREATE TABLE "approval" (
    "id" TEXT NOT NULL PRIMARY KEY,
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
    "requestedAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" DATETIME NOT NULL,
    "decidedAt" DATETIME,
    "decidedBy" TEXT,
    "decidedByName" TEXT,
    "comment" TEXT,
    CONSTRAINT "approval_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "project" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "trigger" (
    "id" TEXT NOT NULL PRIMARY KEY,
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
    "nextAt" DATETIME,
    "lastAt" DATETIME,
    "lastRunId" TEXT,
    "createdBy" TEXT,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "trigger_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "project" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "trigger_workflowId_fkey" FOREIGN KEY ("workflowId") REFERENCES "workflow" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "workflow_test" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "organizationId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "workflowId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "recording" TEXT NOT NULL,
    "expected" TEXT NOT NULL,
    "createdBy" TEXT,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "workflow_test_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "project" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "workflow_test_workflowId_fkey" FOREIGN KEY ("workflowId") REFERENCES "workflow" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "store_entry" (
    "projectId" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "expiresAt" DATETIME,
    "updatedAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,

    PRIMARY KEY ("projectId", "key"),
    CONSTRAINT "store_entry_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "project" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- AlterTable: added in place, as dropping a table that others refer to would delete their rows with it
ALTER TABLE "project" ADD COLUMN "concurrency" INTEGER NOT NULL DEFAULT 5;
ALTER TABLE "workflow" ADD COLUMN "pins" TEXT NOT NULL DEFAULT '{}';

-- RedefineTable: nothing refers to it; its large columns stay last
CREATE TABLE "new_run" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "organizationId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "workflowId" TEXT NOT NULL,
    "workflowName" TEXT NOT NULL,
    "versionId" TEXT,
    "version" INTEGER,
    "status" TEXT NOT NULL,
    "startedAt" DATETIME NOT NULL,
    "durationMs" INTEGER,
    "leaseUntil" DATETIME,
    "client" TEXT,
    "keyId" TEXT,
    "cause" TEXT NOT NULL DEFAULT 'call',
    "parentId" TEXT,
    "triggerId" TEXT,
    "background" BOOLEAN NOT NULL DEFAULT false,
    "idempotencyKey" TEXT,
    "fence" INTEGER NOT NULL DEFAULT 0,
    "round" INTEGER NOT NULL DEFAULT 0,
    "expiresAt" DATETIME,
    "awaitedBy" TEXT,
    "deadAt" DATETIME,
    "error" TEXT,
    "input" TEXT,
    "output" TEXT,
    "undone" TEXT,
    "steps" TEXT NOT NULL DEFAULT '[]',
    "state" TEXT,
    "answers" TEXT,
    "document" TEXT,
    "recording" TEXT,
    CONSTRAINT "run_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "project" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
INSERT INTO "new_run" ("client", "document", "durationMs", "error", "id", "input", "keyId", "leaseUntil", "organizationId", "output", "projectId", "startedAt", "state", "status", "steps", "version", "versionId", "workflowId", "workflowName") SELECT "client", "document", "durationMs", "error", "id", "input", "keyId", "leaseUntil", "organizationId", "output", "projectId", "startedAt", "state", "status", "steps", "version", "versionId", "workflowId", "workflowName" FROM "run";
DROP TABLE "run";
ALTER TABLE "new_run" RENAME TO "run";
CREATE INDEX "run_projectId_startedAt_id_idx" ON "run"("projectId", "startedAt", "id");
CREATE INDEX "run_workflowId_startedAt_idx" ON "run"("workflowId", "startedAt");
CREATE INDEX "run_status_expiresAt_idx" ON "run"("status", "expiresAt");
CREATE INDEX "run_projectId_deadAt_idx" ON "run"("projectId", "deadAt");
CREATE INDEX "run_awaitedBy_idx" ON "run"("awaitedBy");
CREATE UNIQUE INDEX "run_projectId_idempotencyKey_key" ON "run"("projectId", "idempotencyKey");

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
