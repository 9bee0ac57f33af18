-- AlterTable
ALTER TABLE "connection" ADD COLUMN     "perCaller" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "settings" TEXT NOT NULL DEFAULT '{}';

-- CreateTable
CREATE TABLE "connected_account" (
    "id" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "connectionId" TEXT NOT NULL,
    "userId" TEXT NOT NULL DEFAULT '',
    "secret" TEXT NOT NULL,
    "preview" TEXT NOT NULL,
    "expiresAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "connected_account_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "connected_account_userId_idx" ON "connected_account"("userId");

-- CreateIndex
CREATE UNIQUE INDEX "connected_account_connectionId_userId_key" ON "connected_account"("connectionId", "userId");

-- AddForeignKey
ALTER TABLE "connected_account" ADD CONSTRAINT "connected_account_connectionId_fkey" FOREIGN KEY ("connectionId") REFERENCES "connection"("id") ON DELETE CASCADE ON UPDATE CASCADE;
