-- CreateTable
CREATE TABLE "run_progress" (
    "runId" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "text" TEXT NOT NULL,

    CONSTRAINT "run_progress_pkey" PRIMARY KEY ("runId","seq")
);

-- AddForeignKey
ALTER TABLE "run_progress" ADD CONSTRAINT "run_progress_runId_fkey" FOREIGN KEY ("runId") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;
