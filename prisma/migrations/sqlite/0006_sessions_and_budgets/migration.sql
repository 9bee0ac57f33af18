-- CreateTable
CREATE TABLE "mcp_session" (
    "name" TEXT NOT NULL PRIMARY KEY,
    "projectId" TEXT NOT NULL,
    "logLevel" TEXT,
    "endedAt" DATETIME,
    "expiresAt" DATETIME NOT NULL,
    CONSTRAINT "mcp_session_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "project" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "stream_message" (
    "stream" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "projectId" TEXT NOT NULL,
    "json" TEXT NOT NULL,
    "last" BOOLEAN NOT NULL DEFAULT false,
    "expiresAt" DATETIME NOT NULL,

    PRIMARY KEY ("stream", "number"),
    CONSTRAINT "stream_message_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "project" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- AlterTable
ALTER TABLE "project" ADD COLUMN "icon" TEXT NOT NULL DEFAULT '';
ALTER TABLE "project" ADD COLUMN "resultBudget" INTEGER NOT NULL DEFAULT 100000;

-- CreateIndex
CREATE INDEX "mcp_session_projectId_idx" ON "mcp_session"("projectId");

-- CreateIndex
CREATE INDEX "mcp_session_expiresAt_idx" ON "mcp_session"("expiresAt");

-- CreateIndex
CREATE INDEX "stream_message_projectId_idx" ON "stream_message"("projectId");

-- CreateIndex
CREATE INDEX "stream_message_expiresAt_idx" ON "stream_message"("expiresAt");
