-- AlterTable
ALTER TABLE "audit_event" ADD COLUMN     "client" TEXT,
ADD COLUMN     "projectId" TEXT,
ADD COLUMN     "tool" TEXT;

-- AlterTable
ALTER TABLE "project" ADD COLUMN     "auditCalls" TEXT NOT NULL DEFAULT 'writes';

-- CreateTable
CREATE TABLE "audit_check" (
    "organizationId" TEXT NOT NULL,
    "at" TIMESTAMP(3) NOT NULL,
    "number" INTEGER NOT NULL,
    "hash" TEXT NOT NULL,
    "broken" INTEGER,

    CONSTRAINT "audit_check_pkey" PRIMARY KEY ("organizationId")
);

-- CreateTable
CREATE TABLE "sealing_key" (
    "id" TEXT NOT NULL,
    "organizationId" TEXT,
    "generation" TEXT NOT NULL,
    "masterKey" TEXT NOT NULL,
    "wrapped" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sealing_key_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "sealing_key_organizationId_generation_key" ON "sealing_key"("organizationId", "generation");

-- CreateIndex
CREATE INDEX "audit_event_organizationId_projectId_number_idx" ON "audit_event"("organizationId", "projectId", "number");

-- CreateIndex
CREATE INDEX "audit_event_organizationId_action_number_idx" ON "audit_event"("organizationId", "action", "number");

-- AddForeignKey
ALTER TABLE "sealing_key" ADD CONSTRAINT "sealing_key_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;
