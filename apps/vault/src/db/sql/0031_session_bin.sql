-- compatible-from: 0020
-- How much of a BIN a session lets its page see; null is as the publishable key says.

ALTER TABLE sessions ADD COLUMN bin_digits integer CHECK (bin_digits IN (0, 6, 8));
