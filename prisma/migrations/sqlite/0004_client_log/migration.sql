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
    "firstSeenAt" DATETIME NOT NULL,
    "lastSeenAt" DATETIME NOT NULL,
    "discoveredAt" DATETIME,
    "listedAt" DATETIME,
    "calledAt" DATETIME,
    "requests" INTEGER NOT NULL DEFAULT 0,
    "failures" INTEGER NOT NULL DEFAULT 0,

    PRIMARY KEY ("projectId", "id"),
    CONSTRAINT "mcp_client_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "project" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "client_request" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "organizationId" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "clientId" TEXT NOT NULL,
    "at" DATETIME NOT NULL,
    "facts" TEXT NOT NULL,
    CONSTRAINT "client_request_projectId_clientId_fkey" FOREIGN KEY ("projectId", "clientId") REFERENCES "mcp_client" ("projectId", "id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "mcp_client_lastSeenAt_idx" ON "mcp_client"("lastSeenAt");

-- CreateIndex
CREATE INDEX "client_request_projectId_clientId_at_idx" ON "client_request"("projectId", "clientId", "at");
