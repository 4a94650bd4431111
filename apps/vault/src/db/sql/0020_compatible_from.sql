-- compatible-from: 0015
-- A migration may say which older code runs on what it leaves behind, so that nodes of the version before can be
-- started again after it: the number of the newest migration that such code has to know. Nothing says: none.
ALTER TABLE migrations ADD COLUMN compatible_from text CHECK (compatible_from ~ '^[0-9]{4}$');
