-- AlterTable
ALTER TABLE "project" ADD COLUMN     "icon" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "resultBudget" INTEGER NOT NULL DEFAULT 100000;

-- CreateTable
CREATE TABLE "mcp_session" (
    "name" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "logLevel" TEXT,
    "endedAt" TIMESTAMP(3),
    "expiresAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "mcp_session_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "stream_message" (
    "stream" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "projectId" TEXT NOT NULL,
    "json" TEXT NOT NULL,
    "last" BOOLEAN NOT NULL DEFAULT false,
    "expiresAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "stream_message_pkey" PRIMARY KEY ("stream","number")
);

-- CreateIndex
CREATE INDEX "mcp_session_projectId_idx" ON "mcp_session"("projectId");

-- CreateIndex
CREATE INDEX "mcp_session_expiresAt_idx" ON "mcp_session"("expiresAt");

-- CreateIndex
CREATE INDEX "stream_message_projectId_idx" ON "stream_message"("projectId");

-- CreateIndex
CREATE INDEX "stream_message_expiresAt_idx" ON "stream_message"("expiresAt");

-- AddForeignKey
ALTER TABLE "mcp_session" ADD CONSTRAINT "mcp_session_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "stream_message" ADD CONSTRAINT "stream_message_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;
