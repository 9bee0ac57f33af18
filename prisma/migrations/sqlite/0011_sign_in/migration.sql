-- CreateTable
CREATE TABLE "two_factor" (
    "userId" TEXT NOT NULL PRIMARY KEY,
    "secret" TEXT NOT NULL,
    "enabledAt" DATETIME,
    "lastStep" INTEGER NOT NULL DEFAULT 0,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "two_factor_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "recovery_code" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "userId" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "usedAt" DATETIME,
    CONSTRAINT "recovery_code_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "trusted_browser" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "userId" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "userAgent" TEXT NOT NULL,
    "ipAddress" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" DATETIME NOT NULL,
    CONSTRAINT "trusted_browser_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "sign_in_ticket" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "kind" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "userId" TEXT,
    "organizationId" TEXT,
    "data" TEXT NOT NULL DEFAULT '',
    "tries" INTEGER NOT NULL DEFAULT 0,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "single_sign_on" (
    "organizationId" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "issuer" TEXT NOT NULL,
    "clientId" TEXT NOT NULL,
    "clientSecret" TEXT NOT NULL,
    "defaultRole" TEXT NOT NULL DEFAULT 'viewer',
    "passwords" BOOLEAN NOT NULL DEFAULT true,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "single_sign_on_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "organization" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "sign_on_domain" (
    "domain" TEXT NOT NULL PRIMARY KEY,
    "organizationId" TEXT NOT NULL,
    CONSTRAINT "sign_on_domain_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "single_sign_on" ("organizationId") ON DELETE CASCADE ON UPDATE CASCADE
);

-- AlterTable
ALTER TABLE "organization" ADD COLUMN "requireTwoFactor" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "session" ADD COLUMN "via" TEXT NOT NULL DEFAULT 'password';
ALTER TABLE "session" ADD COLUMN "ssoOrganizationId" TEXT;
ALTER TABLE "session" ADD COLUMN "seenAt" DATETIME;
ALTER TABLE "session" ADD COLUMN "renew" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "session" ADD COLUMN "endsAt" DATETIME;

-- CreateIndex
CREATE UNIQUE INDEX "recovery_code_userId_hash_key" ON "recovery_code"("userId", "hash");

-- CreateIndex
CREATE UNIQUE INDEX "trusted_browser_hash_key" ON "trusted_browser"("hash");

-- CreateIndex
CREATE INDEX "trusted_browser_userId_idx" ON "trusted_browser"("userId");

-- CreateIndex
CREATE UNIQUE INDEX "sign_in_ticket_hash_key" ON "sign_in_ticket"("hash");

-- CreateIndex
CREATE INDEX "sign_in_ticket_userId_idx" ON "sign_in_ticket"("userId");

-- CreateIndex
CREATE INDEX "sign_in_ticket_expiresAt_idx" ON "sign_in_ticket"("expiresAt");

-- CreateIndex
CREATE INDEX "sign_on_domain_organizationId_idx" ON "sign_on_domain"("organizationId");

-- From here on the hash of a session is stored and not its token: everybody signs in once more.
DELETE FROM "session";
