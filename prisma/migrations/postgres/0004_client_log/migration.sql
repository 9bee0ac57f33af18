-- CreateTable
CREATE TABLE "mcp_client" (
    "projectId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "version" TEXT,
    "access" TEXT NOT NULL,
    "keyId" TEXT,
    "preview" TEXT,
    "protocol" TEXT,
    "firstSeenAt" TIMESTAMP(3) NOT NULL,
    "lastSeenAt" TIMESTAMP(3) NOT NULL,
    "discoveredAt" TIMESTAMP(3),
    "listedAt" TIMESTAMP(3),
    "calledAt" TIMESTAMP(3),
    "requests" INTEGER NOT NULL DEFAULT 0,
    "failures" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "mcp_client_pkey" PRIMARY KEY ("projectId","id")
);

-- CreateTable
CREATE TABLE "client_request" (
    "id" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "clientId" TEXT NOT NULL,
    "at" TIMESTAMP(3) NOT NULL,
    "facts" TEXT NOT NULL,

    CONSTRAINT "client_request_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "mcp_client_lastSeenAt_idx" ON "mcp_client"("lastSeenAt");

-- CreateIndex
CREATE INDEX "client_request_projectId_clientId_at_idx" ON "client_request"("projectId", "clientId", "at");

-- AddForeignKey
ALTER TABLE "mcp_client" ADD CONSTRAINT "mcp_client_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "client_request" ADD CONSTRAINT "client_request_projectId_clientId_fkey" FOREIGN KEY ("projectId", "clientId") REFERENCES "mcp_client"("projectId", "id") ON DELETE CASCADE ON UPDATE CASCADE;
