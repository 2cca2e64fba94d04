# What a watch on a file sees: the file under that name, also after it was deleted, made again, replaced and renamed.
echo one >>f
chmod 600 f
cat f >/dev/null
mv f elsewhere
echo two >elsewhere
echo three >f
rm f
echo four >f
echo five >temporary
mv temporary f
echo six >>f
ln f hard
echo seven >>hard
ln -sf f lf
echo eight >>lf
rm f hard
echo nine >unrelated
mkdir f
rmdir f
exit 4
