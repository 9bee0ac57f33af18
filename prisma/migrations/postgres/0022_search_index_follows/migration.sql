-- Here a foreign key does what a trigger does on SQLite.
SELECT 1;
