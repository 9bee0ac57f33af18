-- CreateTable
CREATE TABLE "call_stat" (
    "projectId" TEXT NOT NULL,
    "hour" INTEGER NOT NULL,
    "workflowId" TEXT NOT NULL,
    "cause" TEXT NOT NULL,
    "client" TEXT NOT NULL,
    "bucket" INTEGER NOT NULL,
    "organizationId" TEXT NOT NULL,
    "tool" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "errors" INTEGER NOT NULL,

    PRIMARY KEY ("projectId", "hour", "workflowId", "cause", "client", "bucket"),
    CONSTRAINT "call_stat_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "project" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
