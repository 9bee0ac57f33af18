-- DropIndex
DROP INDEX "run_awaitedBy_idx";

-- DropIndex
DROP INDEX "run_projectId_deadAt_idx";

-- DropIndex
DROP INDEX "run_projectId_idempotencyKey_key";

-- DropIndex
DROP INDEX "run_status_expiresAt_idx";

-- CreateIndex
CREATE INDEX "run_leaseUntil_idx" ON "run"("leaseUntil") WHERE ("leaseUntil" IS NOT NULL);

-- CreateIndex
CREATE INDEX "run_expiresAt_idx" ON "run"("expiresAt") WHERE ("expiresAt" IS NOT NULL);

-- CreateIndex
CREATE INDEX "run_dead_idx" ON "run"("projectId", "startedAt", "id") WHERE ("deadAt" IS NOT NULL);

-- CreateIndex
CREATE INDEX "run_projectId_awaitedBy_startedAt_idx" ON "run"("projectId", "awaitedBy", "startedAt") WHERE ("awaitedBy" IS NOT NULL);

-- CreateIndex
CREATE INDEX "run_status_idx" ON "run"("status") WHERE ("background");

-- CreateIndex
CREATE UNIQUE INDEX "run_projectId_idempotencyKey_key" ON "run"("projectId", "idempotencyKey") WHERE ("idempotencyKey" IS NOT NULL);
