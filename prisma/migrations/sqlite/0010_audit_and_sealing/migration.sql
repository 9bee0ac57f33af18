-- AlterTable
ALTER TABLE "audit_event" ADD COLUMN "client" TEXT;
ALTER TABLE "audit_event" ADD COLUMN "projectId" TEXT;
ALTER TABLE "audit_event" ADD COLUMN "tool" TEXT;

-- CreateTable
CREATE TABLE "audit_check" (
    "organizationId" TEXT NOT NULL PRIMARY KEY,
    "at" DATETIME NOT NULL,
    "number" INTEGER NOT NULL,
    "hash" TEXT NOT NULL,
    "broken" INTEGER
);

-- CreateTable
CREATE TABLE "sealing_key" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "organizationId" TEXT,
    "generation" TEXT NOT NULL,
    "masterKey" TEXT NOT NULL,
    "wrapped" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "sealing_key_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "organization" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- AlterTable
ALTER TABLE "project" ADD COLUMN "auditCalls" TEXT NOT NULL DEFAULT 'writes';

-- CreateIndex
CREATE UNIQUE INDEX "sealing_key_organizationId_generation_key" ON "sealing_key"("organizationId", "generation");

-- CreateIndex
CREATE INDEX "audit_event_organizationId_projectId_number_idx" ON "audit_event"("organizationId", "projectId", "number");

-- CreateIndex
CREATE INDEX "audit_event_organizationId_action_number_idx" ON "audit_event"("organizationId", "action", "number");
