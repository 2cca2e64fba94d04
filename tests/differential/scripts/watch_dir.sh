# What a watch on a directory sees (-w DIR -p wa): files made, written, renamed, deleted and made again, here and below.
echo one >new
echo two >>new
mv new newer
rm newer
echo three >new
chmod 600 new
ln -s new link
ln new hard
cat new hard >/dev/null
mkdir sub
echo four >sub/file
mv sub/file new
mv sub moved
echo five >moved/file
rm -r moved
touch -d 2001-01-01 f
cp f copy
mv copy /tmp/../"$PWD"/f
: >/dev/null
cat missing
rm -f missing
exit 3
