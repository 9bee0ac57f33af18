-- CreateTable
CREATE TABLE "connected_account" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "organizationId" TEXT NOT NULL,
    "connectionId" TEXT NOT NULL,
    "userId" TEXT NOT NULL DEFAULT '',
    "secret" TEXT NOT NULL,
    "preview" TEXT NOT NULL,
    "expiresAt" DATETIME,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "connected_account_connectionId_fkey" FOREIGN KEY ("connectionId") REFERENCES "connection" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- AlterTable
ALTER TABLE "connection" ADD COLUMN "perCaller" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "connection" ADD COLUMN "settings" TEXT NOT NULL DEFAULT '{}';

-- CreateIndex
CREATE INDEX "connected_account_userId_idx" ON "connected_account"("userId");

-- CreateIndex
CREATE UNIQUE INDEX "connected_account_connectionId_userId_key" ON "connected_account"("connectionId", "userId");
